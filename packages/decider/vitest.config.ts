import { defineProject } from "vitest/config"

export default defineProject({ test: { name: "decider", include: ["test/**/*.test.ts"] } })
