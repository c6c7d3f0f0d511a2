import { defineProject } from "vitest/config"

export default defineProject({
  test: {
    name: "repository",
    include: ["**/*.test.ts"],
    exclude: ["fixtures/**", "**/node_modules/**"],
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
