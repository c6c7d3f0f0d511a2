/** The story of E84 where there is a NATS: the programs that serve hotels are processes, and are killed and stopped. */
import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, Exit } from "effect"
import { examples } from "../src/Example.ts"
import { layers } from "../src/Databases.ts"
import { printedBy } from "./PrintedLines.ts"

const told = (url: string) =>
  printedBy(examples.get("E84")?.program ?? Effect.die("there is no E84")).pipe(
    Effect.provide([layers.memory, ConfigProvider.layer(ConfigProvider.fromUnknown({ NATS_URL: url }))])
  )

it.live("E84 says what is wrong when there is no NATS where it should be", () =>
  Effect.gen(function* () {
    const { exit } = yield* told("nats://127.0.0.1:1")
    assert.isTrue(Exit.isFailure(exit))
    assert.include(String(exit), "the service registry failed")
  })
)

const url = process.env["TEST_NATS_URL"]

const onNats = (there: string) =>
  Effect.gen(function* () {
    const { exit, lines } = yield* told(there)
    assert.isTrue(Exit.isSuccess(exit), String(exit))
    assert.deepStrictEqual(lines.slice(0, 14), [
      "Nobody serves hotels",
      "  Ada has no room: nobody serves eventfold/hotels; served are none",
      "Two programs serve hotels, each a process of its own",
      "  found: hotels-1, hotels-2",
      "  Ada has room 12",
      "  Bob has no room: full",
      "One is killed, and has no time to say so",
      "  found: hotels-2",
      "  Ada has room 12",
      "The other is stopped: it is gone when it has ended",
      "  found: nobody",
      "  Cleo has no room: nobody serves eventfold/hotels; served are none",
      "The hotels are full",
      "  BookFlight: the agency does it"
    ])
  })

if (url !== undefined) it.live("E84 tells of programs that are processes", () => onNats(url))
