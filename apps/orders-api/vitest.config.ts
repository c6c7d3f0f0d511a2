import { project } from "../../vitest.shared.ts"

export default project(
  "orders-api",
  { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] },
  [
    "DemoKill",
    "DemoRun",
    "ForgottenOnServer",
    "Fulfilment",
    "FulfilmentKills",
    "FulfilmentSimulation",
    "GatewayDownHttp",
    "InventoryRaces",
    "PaymentsProcess",
    "SilentServer"
  ]
)
