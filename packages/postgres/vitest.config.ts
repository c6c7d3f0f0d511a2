import { project } from "../../vitest.shared.ts"

export default project(
  "postgres",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  ["EmbeddedDatabase", "ForgetKilled", "ImportKilled", "ImportWhole"]
)
