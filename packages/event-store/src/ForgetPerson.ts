/**
 * Forgets a person: from here on, this process cannot show what was stored of them, and nobody ever can who does not
 * remember it already.
 *
 * The keys are destroyed first; then every state at hand is dropped, since it was read in clear. It happens seldom, and
 * to look for the person in each of them would be the one place where somebody could be overlooked. Snapshots, outcomes
 * of commands and events are stored sealed: nothing has to be done about them.
 *
 * Gotcha: other processes can show the person until what they have at hand ends, ten seconds at most: five for keys that
 * were read, five for states that were opened with them.
 */
import { Effect } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { SubjectId } from "./KeyStorage.ts"
import { type Forgetting, KeyStore } from "./KeyStore.ts"
import type { InvalidForgetting } from "./KeyStoreErrors.ts"
import { StateCache } from "./StateCache.ts"

/** Forgets a person for ever. Done again, it changes nothing. Not for the inside of a transaction, which could take it back. */
export const forgetPerson = Effect.fn("forgetPerson")(function* (
  subject: SubjectId,
  why: Forgetting
): Effect.fn.Return<void, EventStoreFailure | InvalidForgetting, KeyStore | StateCache> {
  const [keys, states] = [yield* KeyStore, yield* StateCache]
  yield* Effect.ensuring(keys.forget(subject, why), states.invalidateAll)
})
