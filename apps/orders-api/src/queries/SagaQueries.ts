/** What can be asked about sagas, as a typed query: a list of them, from their read model. */
import { Specification } from "@eventfold/decider"
import { QueryBus } from "@eventfold/event-store"
import { SagaRows } from "@eventfold/processes"
import { Schema } from "effect"
import * as Pages from "./Pages.ts"

/** Asks for a page of sagas, the one that was started last to begin with. What is left out does not restrict. */
export const FindSagas = Schema.TaggedStruct("FindSagas", {
  ...Pages.fields,
  status: Schema.optionalKey(SagaRows.SagaRow.fields.status),
  saga: Schema.optionalKey(Schema.String)
})
/** The message that carries {@link FindSagas}. */
export const findSagas = Pages.query("fulfilment", FindSagas, SagaRows.SagaRow)

/** The handlers of the queries about sagas. Nothing here can write. */
export const handlers = [
  QueryBus.handler(findSagas, ({ after, limit, saga, status, tenant }) => {
    const where = Specification.and(
      ...(status === undefined ? [] : [SagaRows.inStatus(status)]),
      ...(saga === undefined ? [] : [Specification.eq(SagaRows.rows.field("saga"), saga)])
    )
    return Pages.of(SagaRows.readModel, { tenant, where, sort: SagaRows.latestFirst, limit, after }, (row) => row)
  })
]
