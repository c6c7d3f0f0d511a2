/**
 * Forgets a person: from here on, this process cannot show what was stored of them, and nobody ever can who does not
 * remember it already.
 *
 * In this order: the ledger of the forgotten is written; in one transaction the keys are destroyed and the audit is told who
 * did it, when and why; then every state at hand is dropped, since it was read in clear. That happens seldom, and to look
 * for the person in each of them would be the one place where somebody could be overlooked. Snapshots, outcomes of commands
 * and events are stored sealed: nothing has to be done about them.
 *
 * A crash before the ledger is written leaves everything as it was. After it, whatever was not done yet is done, and told to
 * the audit, when the next process starts, or when it is asked for again.
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

/**
 * Forgets a person for ever: the action `PersonForgotten` of the audit. Done again, it changes nothing, and nothing more is
 * recorded. Not for the inside of a transaction, which could take it back.
 */
export const forgetPerson = Effect.fn("forgetPerson")(function* (
  subject: SubjectId,
  why: Forgetting
): Effect.fn.Return<void, EventStoreFailure | InvalidForgetting, KeyStore | StateCache> {
  const [keys, states] = [yield* KeyStore, yield* StateCache]
  yield* Effect.ensuring(keys.forget(subject, why), states.invalidateAll)
})
