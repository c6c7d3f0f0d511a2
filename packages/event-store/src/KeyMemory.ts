/**
 * The memory of a key store: keys that were read, unwrapped, each for a few seconds, and of so many subjects at most.
 *
 * What is dropped is gone at once, and nothing that was read before comes in after.
 */
import { Duration } from "effect"
import type * as Encryption from "./Encryption.ts"

/** The keys of a subject: by version, and the version that seals. */
export interface SubjectKeys {
  readonly _tag: "Keys"
  readonly current: number
  readonly versions: ReadonlyMap<number, Encryption.Key>
}

/** What is known of a subject: its keys, or that it is forgotten. */
export type SubjectState = SubjectKeys | { readonly _tag: "Forgotten" }

/** How a key store remembers. */
export interface KeyMemoryOptions {
  /** How long keys that were read are remembered. Default: 5 seconds. */
  readonly rememberFor?: Duration.Input
  /** Of how many subjects at most. Default: 10,000. */
  readonly rememberAtMost?: number
}

/**
 * The states of the subjects read last. `moment` is taken before something is read and given with what was found: when
 * something was dropped in between, it is not remembered.
 */
export const remember = ({ rememberAtMost = 10_000, rememberFor = "5 seconds" }: KeyMemoryOptions) => {
  const lifetime = Duration.toMillis(rememberFor)
  const states = new Map<string, { readonly state: SubjectState; readonly until: number }>()
  let drops = 0
  return {
    moment: () => drops,
    get: (key: string, now: number) => {
      const found = states.get(key)
      return found !== undefined && now < found.until ? found.state : undefined
    },
    put: (key: string, state: SubjectState, now: number, since: number) => {
      if (since !== drops) return
      states.delete(key)
      states.set(key, { state, until: now + lifetime })
      for (const oldest of states.keys()) {
        if (states.size <= rememberAtMost) break
        states.delete(oldest)
      }
    },
    drop: (key: string) => {
      drops += 1
      states.delete(key)
    },
    clear: () => {
      drops += 1
      states.clear()
    }
  }
}
