import { project } from "../../vitest.shared.ts"

export default project(
  "orders-api",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  [
    "Archiving",
    "BillingRaces",
    "CustomerRaces",
    "DemoKill",
    "DemoKillsOnServer",
    "DemoRun",
    "Forgotten",
    "ForgottenOnServer",
    "Fulfilment",
    "FulfilmentAcrossServices",
    "FulfilmentKills",
    "FulfilmentSimulation",
    "GatewayDownHttp",
    "InventoryRaces",
    "Nodes",
    "PaymentsProcess",
    "ProjectionLaws",
    "ServicesSimulation",
    "SilentServer"
  ]
)
