/** The service as a process with the simulated card gateway that runs along: killed in the middle, it knows all again. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { eur, payment } from "./PaymentSamples.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { ask } from "./TestService.ts"

describe("the service with a simulated card gateway", () => {
  it.live(
    "captures after kill -9 and a restart what was held before, and learns by itself how it is told",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* ServiceProcess.temporaryFolder
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const first = yield* ServiceProcess.startReady({ DATA_DIR })
        const held = yield* ask(first.url, "POST", "/payments", { body: payment({ capture: false }) })
        assert.deepInclude(held.body.value, { status: "authorised" }, held.text)
        yield* first.kill("SIGKILL")
        yield* first.ended

        const second = yield* ServiceProcess.startReady({ DATA_DIR })
        assert.match(second.output(), /Cards {6}http:\/\/127\.0\.0\.1:\d+, simulated/u)
        const path = `/payments/${held.body.text("paymentId")}`
        const captured = yield* ask(second.url, "POST", `${path}/capture`, { body: {} })
        assert.deepInclude(captured.body.value, { status: "captured", captured: eur(500) }, captured.text)
        yield* second.kill("SIGTERM")
        assert.strictEqual(yield* second.ended, 0)
      }).pipe(Effect.scoped),
    { timeout: 300_000 }
  )
})
