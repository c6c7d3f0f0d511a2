import { project } from "../../vitest.shared.ts"

export default project(
  "examples",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  // What differs between the databases is proved by the contract suites: in `npm test` two of the three are enough.
  ["StoriesOnServer"]
)
