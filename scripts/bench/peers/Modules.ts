/**
 * The modules of the peers, as far as they are used here. They are installed when the bench runs, so the type checker does
 * not see their own types; every way through them is run by the proof in `main.ts` before anything is measured.
 */
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2"
import type { PeerEvent } from "./Peer.ts"

/** The modules by the names under which they are installed. */
export interface Modules {
  readonly pg: Pg
  readonly "@event-driven-io/dumbo": Dumbo
  readonly "@event-driven-io/emmett-postgresql": EmmettPostgres
  readonly "@castore/core": CastoreCore
  readonly "@castore/event-storage-adapter-postgres": CastorePostgres
  readonly "@dbos-inc/dbos-sdk": DbosSdk
  readonly "@restatedev/restate-sdk": RestateSdk
  readonly "@restatedev/restate-sdk-clients": RestateClients
  readonly "graphile-worker": GraphileWorker
}

/** Finds a module in the folder where the peer is installed. */
export type Load = <Name extends keyof Modules>(name: Name) => Modules[Name]

interface Pool {
  readonly query: (
    query: string | { readonly name: string; readonly text: string; readonly values: ReadonlyArray<unknown> }
  ) => Promise<{ readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>> }>
  readonly end: () => Promise<void>
}

interface Pg {
  readonly Pool: new (options: {
    readonly connectionString: string
    readonly max: number
    readonly options?: string
  }) => Pool
}

interface Dumbo {
  /** A statement with the values put in as literals, each where `%L` stands. */
  readonly sql: (text: string, ...values: ReadonlyArray<unknown>) => string
}

interface RecordedPeerEvent {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly metadata: { readonly streamPosition: bigint }
}

interface EmmettPostgres {
  readonly postgreSQLRawSQLProjection: (options: {
    readonly name: string
    readonly canHandle: ReadonlyArray<string>
    readonly evolve: (event: RecordedPeerEvent) => string
  }) => object
  readonly postgreSQLEventStoreConsumer: (options: {
    readonly connectionString: string
    readonly stopWhen: { readonly noMessagesLeft: true }
    readonly pulling: { readonly batchSize: number; readonly pullingFrequencyInMs: number }
  }) => {
    readonly projector: (options: {
      readonly processorId: string
      readonly projection: object
      readonly startFrom: { readonly lastCheckpoint: bigint }
    }) => unknown
    readonly start: () => Promise<void>
    readonly close: () => Promise<void>
  }
  readonly getPostgreSQLEventStore: (
    url: string,
    options: { readonly connectionOptions: { readonly pool: Pool } }
  ) => {
    readonly schema: { readonly migrate: () => Promise<unknown> }
    readonly appendToStream: (
      stream: string,
      events: ReadonlyArray<PeerEvent>,
      options?: { readonly expectedStreamVersion: bigint }
    ) => Promise<{ readonly lastEventGlobalPosition: bigint }>
    readonly readStream: (stream: string) => Promise<{ readonly events: ReadonlyArray<unknown> }>
    readonly close: () => Promise<void>
  }
}

interface Detail {
  readonly aggregateId: string
  readonly version: number
  readonly type: string
  readonly payload: object
  readonly metadata: object
}

interface CastoreCore {
  readonly EventType: new (options: { readonly type: string }) => object
  readonly EventStore: new (options: {
    readonly eventStoreId: string
    readonly eventTypes: ReadonlyArray<object>
    readonly reducer: (aggregate: object, event: { readonly aggregateId: string; readonly version: number }) => object
    readonly eventStorageAdapter: object
  }) => {
    readonly pushEvent: (detail: Detail) => Promise<unknown>
    readonly getEvents: (aggregateId: string) => Promise<{ readonly events: ReadonlyArray<unknown> }>
  }
}

interface CastorePostgres {
  readonly PostgresEventStorageAdapter: {
    new (options: { readonly connectionString: string }): object
    readonly createEventTable: (options: { readonly connectionString: string }) => Promise<unknown>
  }
}

type Workflow = (id: string) => Promise<ReadonlyArray<string>>

interface DbosSdk {
  readonly DBOS: {
    readonly setConfig: (config: {
      readonly name: string
      readonly systemDatabaseUrl: string
      readonly systemDatabasePoolSize: number
      readonly logLevel: string
    }) => void
    readonly migrate: (url: string) => Promise<void>
    readonly launch: () => Promise<void>
    readonly shutdown: () => Promise<void>
    readonly registerWorkflow: (workflow: Workflow, options: { readonly name: string }) => Workflow
    readonly runStep: <A>(step: () => Promise<A>, options: { readonly name: string }) => Promise<A>
    readonly startWorkflow: (
      workflow: Workflow,
      options: { readonly workflowID: string }
    ) => (id: string) => Promise<{ readonly getResult: () => ReturnType<Workflow> }>
  }
}

interface RestateService<Handlers> {
  readonly name: string
  readonly handlers?: Handlers
}

interface RestateEndpoint {
  readonly setLogger: (log: () => void) => RestateEndpoint
  readonly bind: (service: RestateService<object>) => RestateEndpoint
  readonly http2Handler: () => (request: Http2ServerRequest, response: Http2ServerResponse) => void
}

interface RestateContext {
  /** Runs a step, and waits until its answer is kept; later the answer is taken from there. */
  readonly run: <A>(name: string, step: () => Promise<A>) => Promise<A>
}

interface RestateSdk {
  readonly endpoint: () => RestateEndpoint
  readonly service: <A>(definition: {
    readonly name: string
    readonly handlers: { readonly run: (context: RestateContext, id: string) => Promise<A> }
  }) => RestateService<{ readonly run: (id: string, options: object) => Promise<A> }>
}

interface RestateClients {
  readonly rpc: { readonly opts: (options: { readonly idempotencyKey: string }) => object }
  readonly connect: (options: { readonly url: string }) => {
    readonly serviceClient: <Handlers>(service: RestateService<Handlers>) => Handlers
  }
}

interface GraphileSettings {
  readonly worker: {
    readonly connectionString: string
    readonly maxPoolSize: number
    readonly logger: object
    readonly concurrentJobs?: number
    readonly localQueue?: { readonly size: number }
    readonly completeJobBatchDelay?: number
    readonly failJobBatchDelay?: number
  }
}

interface GraphileWorker {
  readonly Logger: new (logs: () => () => void) => object
  readonly runMigrations: (options: { readonly preset: GraphileSettings }) => Promise<void>
  readonly makeWorkerUtils: (options: { readonly connectionString: string; readonly logger: object }) => Promise<{
    readonly addJobs: (
      jobs: ReadonlyArray<{ readonly identifier: string; readonly payload: object }>
    ) => Promise<unknown>
    readonly release: () => Promise<void>
  }>
  readonly run: (options: {
    readonly preset: GraphileSettings
    readonly noHandleSignals: boolean
    readonly taskList: Readonly<Record<string, (payload: unknown) => void>>
  }) => Promise<{ readonly stop: () => Promise<void> }>
}
