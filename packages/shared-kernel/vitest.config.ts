import { defineProject } from "vitest/config"

export default defineProject({ test: { name: "shared-kernel", include: ["test/**/*.test.ts"] } })
