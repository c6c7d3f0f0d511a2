import { defineConfig } from "vitest/config"

// Time limits stand in each project's own file: projects do not inherit them.
export default defineConfig({ test: { projects: ["packages/*", "apps/*", "test"] } })
