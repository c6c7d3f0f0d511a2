import { defineProject } from "vitest/config"

export default defineProject({ test: { name: "domain-ordering", include: ["test/**/*.test.ts"] } })
