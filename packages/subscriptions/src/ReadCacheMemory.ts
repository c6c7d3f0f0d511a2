/** Cached rows in this process. Those used longest ago go first, whatever scope they are of. */
import { Clock, Effect, Layer } from "effect"
import { bounds, type CacheBounds, type CacheChange, ReadCacheStore, rememberedChanges } from "./ReadCacheStore.ts"

interface Entry {
  readonly scope: string
  readonly era: number
  readonly text: string
  readonly until: number
}

/** What is known of a scope. */
interface Scope {
  era: number
  /** Up to where each slice was followed; undefined where that is not known. */
  readonly positions: Array<number | undefined>
  /** How many slices there are; 0 as long as that is not known. */
  slices: number
  /** The rows that have changed last, the longest ago first, and the position of the change. */
  readonly changed: Map<string, number>
  /** What was read before this position is not taken: changes up to there are not remembered one by one. */
  floor: number
}

/** An empty cache. */
export const layer = (options: CacheBounds = {}): Layer.Layer<ReadCacheStore> => {
  const { maxEntries, timeToLive } = bounds(options)
  return Layer.sync(ReadCacheStore, () => {
    // A Map keeps the order of insertion: what is used moves to the end.
    const entries = new Map<string, Entry>()
    const scopes = new Map<string, Scope>()
    const scopeOf = (name: string): Scope => {
      const known = scopes.get(name)
      if (known !== undefined) return known
      const fresh: Scope = { era: 0, positions: [], slices: 0, changed: new Map(), floor: 0 }
      scopes.set(name, fresh)
      return fresh
    }
    const nameOf = (scope: string, id: string) => JSON.stringify([scope, id])
    const versionOf = ({ era, positions, slices }: Scope) => {
      const known = positions.slice(0, slices).filter((position) => position !== undefined)
      return slices > 0 && known.length === slices ? { era, position: Math.min(...known) } : undefined
    }
    const clear = (name: string, scope: Scope) => {
      scope.era += 1
      scope.changed.clear()
      scope.floor = 0
      for (const [key, entry] of entries) if (entry.scope === name) entries.delete(key)
    }
    const remember = (scope: Scope, id: string, position: number) => {
      scope.changed.delete(id)
      scope.changed.set(id, position)
      for (const [oldest, at] of scope.changed) {
        if (scope.changed.size <= rememberedChanges) break
        scope.changed.delete(oldest)
        scope.floor = Math.max(scope.floor, at)
      }
    }
    const advanced = (name: string, { changed, from, slice, to }: CacheChange) => {
      const scope = scopeOf(name)
      const at = scope.positions[slice]
      const cleared = at === undefined || from > at
      scope.positions[slice] = Math.max(at ?? 0, to)
      if (cleared) clear(name, scope)
      let invalidated = 0
      for (const id of changed) {
        remember(scope, id, to)
        if (entries.delete(nameOf(name, id))) invalidated += 1
      }
      return { invalidated, cleared }
    }

    return {
      shared: false,
      get: (name, id) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const key = nameOf(name, id)
          const entry = entries.get(key)
          entries.delete(key)
          const scope = scopeOf(name)
          const version = versionOf(scope)
          if (entry === undefined || entry.until <= now || entry.era !== scope.era) return { text: undefined, version }
          entries.set(key, entry)
          return { text: entry.text, version }
        }),
      put: (name, id, version, text) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const scope = scopeOf(name)
          const isOld = Math.max(scope.floor, scope.changed.get(id) ?? 0) > version.position
          if (isOld || version.era !== scope.era) return { kept: false, evicted: 0 }
          const key = nameOf(name, id)
          entries.delete(key)
          entries.set(key, { scope: name, era: scope.era, text, until: now + timeToLive })
          let evicted = 0
          for (const oldest of entries.keys()) {
            if (entries.size <= maxEntries) break
            entries.delete(oldest)
            evicted += 1
          }
          return { kept: true, evicted }
        }),
      advanced: (name, change) => Effect.sync(() => advanced(name, change)),
      seen: (name, positions, patient) =>
        Effect.sync(() => {
          const scope = scopeOf(name)
          const followed = positions.every((position, slice) => (scope.positions[slice] ?? -1) >= position)
          if (!followed && patient) return false
          scope.slices = positions.length
          if (!followed) {
            for (const [slice, position] of positions.entries()) {
              scope.positions[slice] = Math.max(position, scope.positions[slice] ?? 0)
            }
            clear(name, scope)
          }
          return followed
        }),
      clear: (name) => Effect.sync(() => clear(name, scopeOf(name)))
    }
  })
}
