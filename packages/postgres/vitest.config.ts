import { project } from "../../vitest.shared.ts"

export default project(
  "postgres",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  [
    "AppendModel",
    "AppendRaces",
    "ArchiveDirectory",
    "EmbeddedDatabase",
    "ExportImport",
    "ExportWhole",
    "ForgetKilled",
    "ImportKilled",
    "ImportWhole",
    "InlineModel",
    "InlineReplay",
    "KeyContracts",
    "LogOrderChaos",
    "Privacy",
    "ProjectionKilled",
    "ReadModelPlans",
    "Rebuild",
    "ServiceRole",
    "SpecificationSql"
  ]
)
