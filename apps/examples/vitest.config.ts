import { project } from "../../vitest.shared.ts"

export default project(
  "examples",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  // What differs between the databases is proved by the contract suites: in `npm test` memory is enough.
  ["StoriesOnEmbedded", "StoriesOnServer"]
)
