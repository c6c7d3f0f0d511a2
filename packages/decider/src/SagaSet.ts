/**
 * The sagas a program knows, side by side in all their versions.
 *
 * A saga that runs stays under the version it was started under as long as that one is here. Otherwise it goes on under
 * the newest version, if that one says how to take it over.
 */
import { Result } from "effect"
import { SagaUnknown } from "./SagaErrors.ts"
import { type AnySaga, type Migrated, SagaNotUsable } from "./SagaShape.ts"
import type { Started } from "./SagaState.ts"

/** The sagas a program knows. */
export interface SagaSet {
  readonly all: ReadonlyArray<AnySaga>
  readonly find: (name: string, version: number) => AnySaga | undefined
}

/**
 * The sagas a program knows.
 *
 * @throws SagaNotUsable when two have the same name and version.
 */
export const make = (sagas: ReadonlyArray<AnySaga>): SagaSet => {
  const byKey = new Map<string, AnySaga>()
  for (const saga of sagas) {
    const key = keyOf(saga.name, saga.version)
    if (byKey.has(key)) {
      throw new SagaNotUsable({ saga: saga.name, part: `version ${saga.version}`, rule: "must be given once only" })
    }
    byKey.set(key, saga)
  }
  return { all: sagas, find: (name, version) => byKey.get(keyOf(name, version)) }
}

const keyOf = (name: string, version: number): string => `${name} v${version}`

/** The saga a state goes on under, and what has to be recorded of the change where it is another version. */
export interface GoesOn {
  readonly saga: AnySaga
  readonly migrated: Migrated | undefined
}

/** The saga a state goes on under. */
export const goesOn = (sagas: SagaSet, state: Started): Result.Result<GoesOn, SagaUnknown> => {
  const same = sagas.find(state.saga, state.version)
  if (same !== undefined) return Result.succeed({ saga: same, migrated: undefined })
  const newest = sagas.all
    .filter(({ name, version }) => name === state.saga && version > state.version)
    .toSorted((a, b) => b.version - a.version)[0]
  const begun = state.steps.map(({ step }) => step)
  const migrated = newest?.migrate?.({ version: state.version, input: state.input, begun })
  if (newest !== undefined && migrated !== undefined && fits(newest, begun, migrated)) {
    return Result.succeed({ saga: newest, migrated })
  }
  return Result.fail(unknown(sagas, state))
}

/** The steps that were begun must be the first ones of the new version, in the same order. */
const fits = (saga: AnySaga, begun: ReadonlyArray<string>, { input, renamed = {} }: Migrated): boolean =>
  Result.isSuccess(saga.checkInput(input)) &&
  begun.every((step, index) => saga.steps[index]?.name === (renamed[step] ?? step))

/** That this program does not know the saga of a state. */
export const unknown = (
  { all }: SagaSet,
  { saga, sagaId, version }: Pick<Started, "saga" | "sagaId" | "version">
): SagaUnknown =>
  new SagaUnknown({ sagaId, saga, version, known: all.map(({ name, version }) => keyOf(name, version)) })
