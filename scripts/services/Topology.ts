/**
 * Which programs the order service consists of, as one value: as one service, or as five with a gateway before them.
 *
 * `npm run services` starts what is written here, `docker-compose.yml` says the same in Compose's words, and
 * `test/topology.test.ts` holds the two together.
 */

/** What a program needs of others before it can be started: a server, or a program by its name. */
export type Server = "postgres" | "nats"

/** One process of ours. */
export interface Program {
  /** What it is called: in logs, in the container's name, and as the host in a network of containers. */
  readonly name: string
  /** The folder of its code below `apps`. */
  readonly app: "orders-api" | "gateway" | "card-gateway-simulator"
  /** The contexts it hosts; none for what is no service. */
  readonly contexts: ReadonlyArray<string>
  /** Its database and the role it works as there; nothing for what has none. */
  readonly database: string | undefined
  /** Its port, counted from the port of the first program. */
  readonly port: number
  /** What must be healthy before it is started. */
  readonly waitsFor: ReadonlyArray<string>
}

/** Some programs, and the servers they need. */
export interface Topology {
  readonly name: "monolith" | "services"
  readonly servers: ReadonlyArray<Server>
  /** Those that others wait for come before them. */
  readonly programs: ReadonlyArray<Program>
  /** The program that is asked from outside. */
  readonly entrance: string
}

/** The path at which every program says how it is: with status 200 it can do its work. */
export const healthPath = "/health"

/** The port of the first program, unless another is asked for. */
export const firstPort = 3000

const service = (
  name: string,
  port: number,
  contexts: ReadonlyArray<string>,
  alsoWaitsFor: ReadonlyArray<string> = []
) =>
  ({
    name,
    app: "orders-api",
    contexts,
    database: `eventfold_${name}`,
    port,
    waitsFor: ["postgres", "nats", ...alsoWaitsFor]
  }) satisfies Program

const cardGateway: Program = {
  name: "card-gateway-simulator",
  app: "card-gateway-simulator",
  contexts: [],
  database: undefined,
  port: 10,
  waitsFor: []
}

const five: ReadonlyArray<Program> = [
  service("ordering", 1, ["ordering", "customers", "catalog", "accounts"]),
  service("inventory", 2, ["inventory"]),
  service("payments", 3, ["payments"], [cardGateway.name]),
  service("shipping", 4, ["shipping"]),
  service("billing", 5, ["billing", "notifications", "analytics"])
]

/** Five services with a database each, a gateway before them, and a simulated card gateway behind them. */
export const services: Topology = {
  name: "services",
  servers: ["postgres", "nats"],
  programs: [
    cardGateway,
    ...five,
    {
      name: "gateway",
      app: "gateway",
      contexts: [],
      database: undefined,
      port: 0,
      waitsFor: five.map(({ name }) => name)
    }
  ],
  entrance: "gateway"
}

/** One service that hosts every context. A simulated card gateway runs along in it. */
export const monolith: Topology = {
  name: "monolith",
  servers: ["postgres"],
  programs: [
    { name: "orders", app: "orders-api", contexts: ["all"], database: "eventfold", port: 0, waitsFor: ["postgres"] }
  ],
  entrance: "orders"
}

/** All there are, by name. */
export const topologies = { monolith, services } as const

/** The service that takes the webhooks of the card gateway; nothing where the gateway runs along in a service. */
export const payeeOf = ({ programs }: Topology): Program | undefined =>
  programs.find(({ contexts }) => contexts.includes("payments"))
