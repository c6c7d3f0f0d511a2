import { project } from "../../vitest.shared.ts"

export default project("examples", { globalSetup: ["../../test/PostgresServer.ts", "../../test/EmbeddedTemplate.ts"] })
