import { project } from "../../../vitest.shared.ts"

export default project("plans", { include: ["**/*.test.ts"], globalSetup: ["../../../test/PostgresServer.ts"] })
