import { project } from "../vitest.shared.ts"

export default project("repository", {
  include: ["**/*.test.ts"],
  exclude: [
    "fixtures/**",
    "**/node_modules/**",
    // Too slow for `npm test`: see `vitest.shared.ts`.
    ...(process.env["EVENTFOLD_SLOW"] === undefined
      ? ["packaging.test.ts", "services.test.ts", "severalDatabases.test.ts", "topologyProcesses.test.ts"]
      : [])
  ]
})
