/** All that decides what the rows of a read model look like, as a digest: readers find the rows they know by it. */
import { ReadModel } from "@eventfold/decider"
import { fingerprint as digest } from "@eventfold/event-store/Fingerprint"
import { Effect } from "effect"

const known = new WeakMap<object, string>()

/** The digest of `ReadModel.fingerprint`. It costs something only the first time a read model is asked for. */
export const rowsFingerprint = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>
): Effect.Effect<string> =>
  Effect.suspend(() => {
    const before = known.get(readModel)
    if (before !== undefined) return Effect.succeed(before)
    return Effect.tap(digest(ReadModel.fingerprint(readModel)), (found) =>
      Effect.sync(() => known.set(readModel, found))
    )
  })
