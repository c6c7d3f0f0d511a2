/** A seed makes the same run each time, so what it shows can be looked at again; and what makes that so changes nothing else. */
import { assert, describe, it } from "@effect/vitest"
import { fingerprint } from "@eventfold/event-store/Fingerprint"
import * as Encryption from "@eventfold/event-store/Encryption"
import { Clock, DateTime, Effect, Layer } from "effect"
import * as PromptCrypto from "./simulation/PromptCrypto.ts"
import { run } from "./simulation/Simulation.ts"
import * as SimulatedTime from "./simulation/SimulatedTime.ts"

const ways = ["orchestrated", "choreographed"] as const
const seeds = ["run-1", "run-4", "run-8"]

describe("a run that is made up", () => {
  it.live.each(ways.flatMap((way) => seeds.map((seed) => ({ way, seed }))))(
    "is the same each time: $way, $seed",
    ({ seed, way }) =>
      Effect.gen(function* () {
        const [once, again] = [yield* run(seed, way), yield* run(seed, way)]
        assert.isAbove(once.log.length, 20)
        assert.strictEqual(again.log.join("\n"), once.log.join("\n"))
        assert.deepStrictEqual(again.requests, once.requests)
        assert.strictEqual(again.started, once.started)
      })
  )
})

/** What the event store asks crypto for, and whether it can go on from `sealed`. */
const answers = Effect.promise(async () => {
  const key = await Encryption.importKey(new Uint8Array(Encryption.keyLength).fill(7))
  return {
    digest: await Encryption.digest(key, "Ada Jansen", "names"),
    name: await Encryption.nameOf(new Uint8Array([1, 2, 3])),
    sealed: await Encryption.encrypt(key, new Uint8Array([4, 5, 6]), "here"),
    open: (text: string, context: string) => Encryption.decrypt(key, text, context)
  }
})

describe("crypto that answers at once", () => {
  it.live("answers what that of the platform does", () =>
    Effect.gen(function* () {
      const [usual, text] = [yield* answers, yield* fingerprint({ a: 1 })]
      const opened = yield* Effect.gen(function* () {
        const prompt = yield* answers
        assert.strictEqual(yield* fingerprint({ a: 1 }), text)
        assert.deepStrictEqual([prompt.digest, prompt.name], [usual.digest, usual.name])
        assert.deepStrictEqual([...(yield* Effect.promise(() => prompt.open(usual.sealed, "here")))], [4, 5, 6])
        const moved = yield* Effect.exit(Effect.tryPromise(() => prompt.open(usual.sealed, "there")))
        assert.strictEqual(moved._tag, "Failure")
        return prompt.sealed
      }).pipe(Effect.provide(PromptCrypto.layer))
      assert.deepStrictEqual([...(yield* Effect.promise(() => usual.open(opened, "here")))], [4, 5, 6])
    })
  )
})

describe("simulated time", () => {
  it.live("goes on only when nothing can run any more, and wakes those who sleep at their own times", () =>
    Effect.gen(function* () {
      const time = yield* SimulatedTime.SimulatedTime
      const seen: Array<string> = []
      const say = (what: string) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => seen.push(`${now} ${what}`)))
      const digesting = Effect.forEach([1, 2, 3], (n) => fingerprint([n]))
      yield* Effect.forkScoped(Effect.andThen(Effect.sleep(30), say("late")))
      yield* Effect.forkScoped(
        Effect.sleep(10).pipe(
          Effect.andThen(digesting),
          Effect.andThen(Effect.yieldNow),
          Effect.andThen(say("digested"))
        )
      )
      yield* Effect.forkScoped(Effect.andThen(Effect.sleep(11), say("woken")))
      yield* Effect.forkScoped(Effect.andThen(Effect.sleep(11), say("and woken")))
      yield* time.advance(29)
      assert.deepStrictEqual(seen, ["10 digested", "11 woken", "11 and woken"])
      yield* time.advance(1)
      assert.strictEqual(seen.at(-1), "30 late")
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(SimulatedTime.layer(DateTime.makeUnsafe(0)), PromptCrypto.layer)))
  )
})
