/**
 * The streams of sagas: what is decided about one is appended to it at just the version it was decided on. Of two nodes
 * that drive the same saga one appends, and the other one decides again on what it finds.
 */
import { Saga } from "@eventfold/decider"
import { CommandHandler, type EventMetadata, StreamId } from "@eventfold/event-store"
import type { CommandFailure } from "@eventfold/event-store/CommandHandler"
import { DateTime, Effect } from "effect"

/** Names a saga. */
export interface SagaRef {
  readonly tenant: string
  readonly id: string
}

/** Something to be decided about a saga, without the saga and the time. */
export type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "sagaId" | "occurredAt"> : never

/** The streams of the sagas a program knows. */
export const make = (sagas: Saga.SagaSet) => {
  const handler = CommandHandler.make(Saga.decider(sagas))
  const streamOf = ({ id, tenant }: SagaRef) => StreamId.make(tenant, Saga.category, id)
  return {
    /** Decides about a saga and answers the state after it. */
    tell: Effect.fnUntraced(function* (ref: SagaRef, told: Told, metadata: EventMetadata) {
      const command = { ...told, sagaId: ref.id, occurredAt: yield* DateTime.now }
      return (yield* handler.handle(streamOf(ref), command, { metadata })).state
    }),
    /** The state of a saga, from the store. */
    load: (ref: SagaRef) => Effect.map(handler.load(streamOf(ref)), ({ state }) => state)
  }
}

/** The streams of the sagas a program knows. */
export type SagaStreams = ReturnType<typeof make>

/** What can go wrong when something is decided about a saga, besides a refusal. */
export type SagaFailure = CommandFailure
