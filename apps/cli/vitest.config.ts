import { project } from "../../vitest.shared.ts"

export default project("cli", { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] }, [
  "Keys",
  "Projections",
  "Repair"
])
