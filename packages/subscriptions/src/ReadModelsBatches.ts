/**
 * Makes one query of the single rows that are asked for at the same moment: per read model and tenant, of 1,000 rows at
 * the most.
 *
 * What is asked for while the fiber that asked first has its turn goes together; nobody waits for others on purpose. A
 * row that several ask for is loaded once. A query that fails fails for all who have a row in it.
 *
 * Gotcha: the query runs outside the transaction of whoever asks: it sees what is committed.
 */
import type { Projection, ReadModel } from "@eventfold/decider"
import type { ReadFailure } from "@eventfold/event-store"
import { type Context, Effect, Exit, Option, Request, RequestResolver } from "effect"
import type { AnyReadModel } from "./ReadModelStore.ts"

/** Loads rows by their keys: one query. */
export interface LoadRows {
  <Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>,
    keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
  ): Effect.Effect<Projection.Rows<Row>, ReadFailure>
}

/** Finds a row together with others. */
export interface BatchedRows {
  <Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>,
    key: Projection.Located<Pick<Row, Key>>
  ): Effect.Effect<Option.Option<Row>, ReadFailure>
}

/** The most rows of one query. */
export const largestBatch = 1000

/** Finds rows together. The queries have the services and references of `context`, and no others. */
export const make = (load: LoadRows, context: Context.Context<never>): BatchedRows => {
  const batches = new WeakMap<object, Batch<AnyReadModel>>()
  const batchOf = <Row extends object, Key extends keyof Row & string>(readModel: ReadModel.ReadModel<Row, Key>) => {
    const known = batches.get(readModel)
    if (known !== undefined && isOf(known, readModel)) return known
    const fresh: TypedBatch<Row, Key> = { readModel, resolver: resolverOf(load, readModel, context) }
    batches.set(readModel, fresh)
    return fresh
  }
  return <Row extends object, Key extends keyof Row & string>(
    readModel: ReadModel.ReadModel<Row, Key>,
    key: Projection.Located<Pick<Row, Key>>
  ) => Effect.request(new RowRequest<Row, Pick<Row, Key>>({ key }), batchOf(readModel).resolver)
}

class RowRequest<Row, Key> extends Request.Class<
  { readonly key: Projection.Located<Key> },
  Option.Option<Row>,
  ReadFailure
> {}

interface Batch<Of> {
  readonly readModel: Of
}

interface TypedBatch<Row extends object, Key extends keyof Row & string> extends Batch<ReadModel.ReadModel<Row, Key>> {
  readonly resolver: RequestResolver.RequestResolver<RowRequest<Row, Pick<Row, Key>>>
}

/** A batch is made for one read model, so the one with the same read model has the same types. */
const isOf = <Row extends object, Key extends keyof Row & string>(
  batch: Batch<AnyReadModel>,
  readModel: ReadModel.ReadModel<Row, Key>
): batch is TypedBatch<Row, Key> => batch.readModel === readModel

const resolverOf = <Row extends object, Key extends keyof Row & string>(
  load: LoadRows,
  readModel: ReadModel.ReadModel<Row, Key>,
  context: Context.Context<never>
) =>
  RequestResolver.makeGrouped<RowRequest<Row, Pick<Row, Key>>, string>({
    key: ({ request }) => request.key.tenant,
    resolver: (entries) => {
      const keys = new Map(entries.map(({ request }) => [request.key.id, request.key]))
      const rows = load(readModel, Array.from(keys.values()))
      // Whoever asks first must not lend its transaction to the others.
      return Effect.map(
        Effect.updateContext(rows, () => context),
        (found) => {
          for (const entry of entries) {
            entry.completeUnsafe(Exit.succeed(Option.fromUndefinedOr(found.get(entry.request.key.id))))
          }
        }
      )
    }
  }).pipe(RequestResolver.batchN(largestBatch))
