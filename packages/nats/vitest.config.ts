import { configDefaults } from "vitest/config"
import { project } from "../../vitest.shared.ts"

/** Files in which nothing can be said without a server: `npm run test:integration` names one, and `npm test` needs none. */
const onServer = [
  "Losses",
  "MessageBrokerNats",
  "MessagingContracts",
  "Processes",
  "RegisteredPrograms",
  "Remembered",
  "Restarts",
  "ServiceRegistryNats"
]

export default project(
  "nats",
  process.env["TEST_NATS_URL"] === undefined
    ? { exclude: [...configDefaults.exclude, `test/{${onServer.join(",")}}.test.ts`] }
    : {}
)
