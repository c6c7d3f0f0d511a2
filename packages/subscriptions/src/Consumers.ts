/**
 * The port to consumers of the log that keep their place: a checkpoint each, and the lease of the one process that moves it.
 *
 * A consumer has one slice or several; each slice has a checkpoint and a lease of its own. Leases are fenced: taking one
 * raises its epoch, and only who holds the present epoch moves the checkpoint. So a process that was believed dead and
 * wakes up again (a zombie) finds that its work cannot be stored, however late it comes.
 *
 * Guarantees of every layer (`ConsumersContract` in `@eventfold/testing` holds them to it): of two who take a lease at the
 * same moment one gets it; a checkpoint moves only from where its mover thinks it is, and never backwards; all of it
 * joins an open `Transaction`.
 *
 * Gotchas: leases expire by the clock of the store, so that processes need not agree on the time. `advance` and `hold`
 * lock the slice until the open transaction ends: make them its first statement.
 */
import type { EventStoreFailure, WritingService } from "@eventfold/event-store"
import { Context, type DateTime, Duration, type Effect, type Option } from "effect"

/** A slice of a consumer. */
export interface ConsumerSlice {
  readonly consumer: string
  /** From 0. */
  readonly slice: number
}

/** The right to work for a slice. */
export interface Lease extends ConsumerSlice {
  /** Who holds it: one text per process that competes. */
  readonly owner: string
  /** Another number, a greater one, whenever the lease is taken by somebody; also after the consumer was removed. */
  readonly epoch: number
  /** The checkpoint when the lease was taken. */
  readonly position: number
}

/** How a slice stands. */
export interface ConsumerState extends ConsumerSlice {
  /** Everything up to here has been dealt with, or noted as a dead letter. */
  readonly position: number
  readonly epoch: number
  /** Who holds the lease, or held it last. */
  readonly owner: string | undefined
  /** When the lease ends unless it is renewed, by the clock of the store. */
  readonly leasedUntil: DateTime.Utc | undefined
  /** Whether somebody has said that nobody is to work for the consumer. */
  readonly stopped: boolean
}

/**
 * How long a transaction may do nothing in the store after it has moved a checkpoint: a process that is frozen in one keeps
 * others from its slice for as long.
 */
export const longestStandstill = Duration.seconds(3)

/** A process that competes for slices. */
export interface NodePresence {
  /** The text it owns leases under. */
  readonly node: string
  /** The consumers it would work for. */
  readonly hosts: ReadonlyArray<string>
}

/** Who is there. */
export interface Attendance {
  /** By name; whoever asked is among them. */
  readonly nodes: ReadonlyArray<NodePresence>
  /** What time it is for the store, by which leases end. */
  readonly now: DateTime.Utc
}

/** Consumers of the log that keep their place. */
export class Consumers extends Context.Service<
  Consumers,
  {
    /** Makes the slices that are not there, with their checkpoint at `position`; the others stay as they are. */
    register(consumer: string, slices: number, position: number): Effect.Effect<void, EventStoreFailure>
    /** Removes a consumer with all its slices. Whoever works for it finds its lease lost. */
    remove(consumer: string): Effect.Effect<void, EventStoreFailure>
    /**
     * Takes the lease of a slice when nobody holds it, or its owner's time is up, or `owner` is the owner already, which
     * raises the epoch too: a lease belongs to one life of a process. None when somebody else holds it, when the consumer
     * is stopped, and when there is no such slice. It waits for nobody: a slice that a transaction has locked may count as held.
     */
    acquire(
      slice: ConsumerSlice,
      owner: string,
      timeToLive: Duration.Input
    ): Effect.Effect<Option.Option<Lease>, EventStoreFailure>
    /** Prolongs a lease, unless it was taken by somebody since or the consumer is stopped: then it answers false. */
    renew(lease: Lease, timeToLive: Duration.Input): Effect.Effect<boolean, EventStoreFailure>
    /**
     * Gives a lease back, so that the next one need not wait for its end: it cannot be renewed, and moves nothing any
     * more. Nothing when it is not held any more.
     */
    release(lease: Lease): Effect.Effect<void, EventStoreFailure>
    /**
     * Takes the leases of a consumer away and raises its epochs, so that whoever works for it begins anew: what it believes
     * of letters and rows may not be true any more. Everything else stays as it is.
     */
    revoke(consumer: string): Effect.Effect<void, EventStoreFailure>
    /**
     * Moves the checkpoint from `from` to `to`, if the lease is held in its epoch, the checkpoint is at `from`, and `to` is
     * not before it; answers whether it was. Whoever is answered false takes back the transaction it is in. That the time of
     * a lease is up does not matter as long as nobody else has taken it. A transaction that stands still for
     * {@link longestStandstill} after it may be taken back by the store.
     */
    advance(lease: Lease, from: number, to: number): Effect.Effect<boolean, EventStoreFailure>
    /** Keeps everybody from moving the checkpoints of a consumer until the open transaction ends; answers how it stands. */
    hold(consumer: string): Effect.Effect<ReadonlyArray<ConsumerState>, EventStoreFailure>
    /** How these consumers stand, or all; by consumer and slice. */
    states(consumers?: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<ConsumerState>, EventStoreFailure>
    /** Says whether anybody is to work for a consumer. Who holds a lease of it finds out when it renews it. */
    setStopped(consumer: string, stopped: boolean): Effect.Effect<void, EventStoreFailure>
    /**
     * Says that a node is there, for so long, and for whom it would work; answers who else is. It is for sharing the work:
     * what a node may store, only its leases say.
     */
    attend(
      node: string,
      hosts: ReadonlyArray<string>,
      timeToLive: Duration.Input
    ): Effect.Effect<Attendance, EventStoreFailure>
    /** Says that a node is gone, so that nobody need wait to find out. Nothing when it is not there. */
    depart(node: string): Effect.Effect<void, EventStoreFailure>
  }
>()("@eventfold/subscriptions/Consumers") {
  declare readonly "a program can write with it": WritingService["a program can write with it"]
}
