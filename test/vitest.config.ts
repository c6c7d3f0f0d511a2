import { project } from "../vitest.shared.ts"

export default project("repository", {
  include: ["**/*.test.ts"],
  exclude: ["fixtures/**", "**/node_modules/**"],
  // Building, packing and installing the packages takes its time on a slow machine.
  testTimeout: 120_000
})
