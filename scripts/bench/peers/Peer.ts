/**
 * The event stores, the engines of durable processes and the queue of jobs that eventfold is measured beside, each with the
 * exact versions of what is installed for it.
 *
 * They are no dependencies of ours: they are installed into a folder of their own when somebody asks for them, and run
 * in a process of their own on a database of their own. What one does for a measure stands in its file beside this one.
 */

/** The peers, by the names under which their figures are printed. */
export type PeerName =
  | "emmett"
  | "castore"
  | "message-db"
  | "restate"
  | "dbos"
  | "effect-workflow"
  | "graphile-worker"
  | "graphile-default"

/** The measures that can be taken of a peer; a peer that hands out what it has read as text has no read to compare. */
export type PeerMeasure = "append-1" | "read-stream-1000" | "catch-up-order-list" | "saga-4-steps" | "outbox-relay"

/** What is to be known about a peer before it is there. */
export interface Peer {
  readonly name: PeerName
  readonly measures: ReadonlyArray<PeerMeasure>
  /**
   * Exact versions: of the peer, and of the driver and the libraries that are on the way of an operation. Empty for a
   * peer that this repository has installed anyway.
   */
  readonly packages: Readonly<Record<string, string>>
}

const graphile = { "graphile-worker": "0.18.0", pg: "8.23.1" }

/** All peers, in the order in which they take their turn. */
export const peers: ReadonlyArray<Peer> = [
  {
    name: "emmett",
    measures: ["append-1", "read-stream-1000", "catch-up-order-list"],
    packages: {
      "@event-driven-io/dumbo": "0.12.7",
      "@event-driven-io/emmett": "0.42.0",
      "@event-driven-io/emmett-postgresql": "0.42.0",
      "@event-driven-io/pongo": "0.16.11",
      pg: "8.23.1"
    }
  },
  {
    name: "castore",
    measures: ["append-1", "read-stream-1000"],
    packages: {
      "@castore/core": "2.4.2",
      "@castore/event-storage-adapter-postgres": "2.4.2",
      postgres: "3.4.9"
    }
  },
  {
    name: "message-db",
    measures: ["append-1"],
    packages: { "@eventide/message-db": "1.3.1", pg: "8.23.1" }
  },
  {
    name: "restate",
    measures: ["saga-4-steps"],
    packages: {
      "@restatedev/restate-sdk": "1.17.2",
      "@restatedev/restate-sdk-clients": "1.17.2",
      "@restatedev/restate-server": "1.7.12"
    }
  },
  {
    name: "dbos",
    measures: ["saga-4-steps"],
    packages: { "@dbos-inc/dbos-sdk": "5.3.0", pg: "8.23.1" }
  },
  { name: "effect-workflow", measures: ["saga-4-steps"], packages: {} },
  { name: "graphile-worker", measures: ["outbox-relay"], packages: graphile },
  { name: "graphile-default", measures: ["outbox-relay"], packages: graphile }
]

/** An event that every peer stores: the payload of eventfold's own measure, and the same metadata. */
export interface PeerEvent {
  readonly type: string
  readonly data: object
  readonly metadata: { readonly actor: string }
}

/** A list of orders, projected by the means of a peer. */
export interface OrderProjection {
  /** Appends events to the stream of an order, behind those that are there. */
  readonly append: (orderId: string, events: ReadonlyArray<PeerEvent>) => Promise<unknown>
  /** Projects the whole log into an empty table; answers how many orders stand in it as delivered. */
  readonly project: () => Promise<number>
}

/** An opened store of a peer. */
export interface PeerStore {
  /** Appends `event` to the stream of a UUID, which must not be there yet: a second time, it is refused. */
  readonly append: (stream: string, event: PeerEvent) => Promise<unknown>
  /** Makes a stream of `count` events. */
  readonly fill: (stream: string, event: PeerEvent, count: number) => Promise<unknown>
  /** Reads the whole stream and decodes it; answers how many events there were. */
  readonly read: (stream: string) => Promise<number>
  /** Where the peer has projections. */
  readonly orders?: OrderProjection
  /** Gives the connections back: while eventfold or another peer is measured, the server has them free. */
  readonly close: () => Promise<void>
}

/** How to use a peer, once its packages are there. */
export interface PeerAdapter<Opened> {
  /** Makes the tables of the peer, the way its own documentation says. */
  readonly prepare: () => Promise<void>
  readonly open: () => Promise<Opened>
}

/** The steps of the durable process that is measured, in their order. */
export const steps: ReadonlyArray<string> = ["reserve", "pay", "approve", "ship"]

/**
 * What a step of the process `id` does: nothing, and it answers its own name. Only while a peer proves itself, it looks
 * at what is stored.
 */
export type Step = (id: string, name: string) => Promise<string>

/** An opened engine of durable processes. */
export interface PeerEngine {
  /**
   * Runs the process of the UUID `id` through all steps, one after another, and answers what they answered. When the
   * process has ended already, it answers the same and runs no step.
   */
  readonly run: (id: string) => Promise<ReadonlyArray<string>>
  /** The answers of steps of `id` that are in the storage of the peer at this time, in the order of the steps. */
  readonly stored: (id: string) => Promise<ReadonlyArray<string>>
  /** Gives the connections back, and ends what would work on in the background. */
  readonly close: () => Promise<void>
}

/** As many connections as eventfold has in the bench. */
export const connections = 32
