import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    // Time limits stand in each project's own file: projects do not inherit them.
    projects: ["packages/*", "apps/*", "test"],
    // Much of the time is spent waiting for processes and databases: a core kept free would only be idle.
    maxWorkers: "100%"
  }
})
