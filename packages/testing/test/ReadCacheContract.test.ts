/** The laws of cached rows hold in memory, and catch broken caches: for every law there is one that breaks it. */
import { type CacheChange, ReadCacheMemory, ReadCacheStore } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { ReadCacheLaws } from "../src/index.ts"
import * as ReadCacheContract from "../src/ReadCacheContract.ts"
import { suite } from "./BrokenTable.ts"

type Service = ReadCacheStore["Service"]

const sound = Layer.fresh(ReadCacheMemory.layer(ReadCacheContract.bounds))

const broken = (breaks: string, fault: string, wrong: (store: Service) => Partial<Service>) => ({
  breaks,
  fault,
  layer: Layer.effect(
    ReadCacheStore,
    Effect.map(ReadCacheStore, (store) => ({ ...store, ...wrong(store) }))
  ).pipe(Layer.provide(sound))
})

/** A row in which changes are told wrongly. */
const tells = (breaks: string, fault: string, change: (change: CacheChange) => CacheChange) =>
  broken(breaks, fault, (store) => ({ advanced: (scope, told) => store.advanced(scope, change(told)) }))

suite({
  of: "cached rows",
  laws: ReadCacheLaws.laws,
  sound,
  only: false,
  rows: [
    broken(
      "a text that was put is found under its scope and id, whatever they consist of",
      "mixes scopes",
      (store) => ({
        get: (_, id) => store.get("one", id),
        put: (_, id, version, text) => store.put("one", id, version, text),
        seen: (_, positions, patient) => store.seen("one", positions, patient)
      })
    ),
    broken(
      "the version is the position of the slice that is behind, once all are known",
      "counts the first slice only",
      (store) => ({ seen: (scope, positions, patient) => store.seen(scope, positions.slice(0, 1), patient) })
    ),
    tells("a change takes its rows out, and no other", "forgets the last row", (change) => ({
      ...change,
      changed: change.changed.length > 1 && change.changed.length < 10 ? change.changed.slice(0, 1) : change.changed
    })),
    broken(
      "what was read before a change of its row is not taken, however late it comes; what was read after it is",
      "takes whatever comes",
      (store) => ({
        put: (scope, id, version, text) =>
          Effect.flatMap(store.get(scope, id), (now) => store.put(scope, id, now.version ?? version, text))
      })
    ),
    broken("more changes than are remembered one by one are not forgotten", "forgets them", (store) => {
      const full = new Set<string>()
      return {
        advanced: (scope, change) => {
          if (change.changed.length > 1000) full.add(scope)
          return store.advanced(scope, change)
        },
        put: (scope, id, version, text) =>
          Effect.flatMap(store.get(scope, id), (now) =>
            store.put(scope, id, full.has(scope) ? (now.version ?? version) : version, text)
          )
      }
    }),
    tells(
      "a stretch that does not join what is known takes out all of the scope, and what was read before it",
      "believes that all stretches join",
      (change) => ({ ...change, from: 0 })
    ),
    broken(
      "a consumer that was seen ahead takes out all of the scope, unless there is patience",
      "is always patient",
      (store) => ({
        seen: (scope, positions, patient) =>
          Effect.flatMap(store.get(scope, "any"), ({ version }) =>
            store.seen(scope, positions, patient || version !== undefined)
          )
      })
    ),
    broken("clearing takes out all of the scope, and what was read before it", "does not", () => ({
      clear: () => Effect.void
    })),
    {
      breaks: "there are never more rows than the bound, and those used longest ago go first",
      fault: "keeps more",
      layer: Layer.fresh(ReadCacheMemory.layer({ ...ReadCacheContract.bounds, maxEntries: 1000 }))
    },
    broken(
      "whatever the order of reads, changes, lost news and looks, a text has all changes up to its version in it",
      "answers the version of another time",
      (store) => {
        const answered = new Map<string, number>()
        return {
          get: (scope, id) =>
            Effect.map(store.get(scope, id), (look) => {
              const position = Math.max(answered.get(scope) ?? 0, look.version?.position ?? 0)
              answered.set(scope, position)
              return look.version === undefined
                ? look
                : { ...look, version: { ...look.version, position: position + 1 } }
            })
        }
      }
    )
  ]
})

ReadCacheContract.suite("the cache of rows in memory", sound)
