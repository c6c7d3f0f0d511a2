/**
 * Services that host some contexts each, in one program: each has a store of its own in memory and a port of its own; they share a
 * broker, a registry and a credential. Who asks them asks as if there were one: each request goes to whoever serves its path.
 */
import { Context, Effect, Layer } from "effect"
import { serverOfPath } from "../src/http/Paths.ts"
import type { Hostable } from "../src/http/ServedBy.ts"
import * as InOneProgram from "../src/services/InOneProgram.ts"
import type { SettingsShape } from "../src/Settings.ts"
import { ready } from "./Reading.ts"
import { TestService } from "./TestService.ts"

/** The services. The first one answers what every service answers. */
export const layer = (plan: ReadonlyArray<ReadonlyArray<Hostable>>, settings: Partial<SettingsShape> = {}) =>
  Layer.effect(
    TestService,
    Effect.gen(function* () {
      const { announce, newStore, registry, settingsOf } = yield* InOneProgram.make
      const running = yield* Effect.forEach(
        plan,
        Effect.fnUntraced(function* (contexts) {
          const ports = Layer.succeedContext(yield* newStore)
          const layer = TestService.layer({ settings: { ...settings, ...settingsOf(contexts) }, ports, registry })
          const one = Context.get(yield* Layer.build(Layer.fresh(layer)), TestService)
          yield* announce(contexts, one.url)
          yield* Effect.provideService(ready, TestService, one)
          return { contexts, one }
        })
      )
      const [first] = running
      if (first === undefined) return yield* Effect.die(new Error("there is no service"))
      const servedBy = (path: string) => {
        const server = serverOfPath(path)
        return running.find(({ contexts }) => contexts.some((context) => context === server))?.one ?? first.one
      }
      return { ...first.one, request: (method, path, request) => servedBy(path).request(method, path, request) }
    })
  )
