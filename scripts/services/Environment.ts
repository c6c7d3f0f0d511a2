/**
 * What each program of a topology is told by its environment, wherever it runs: the same settings on this machine and in
 * containers, with other addresses in them (docs/configuration.md).
 */
import { type Program, payeeOf, type Topology } from "./Topology.ts"

/** What only the programs of one topology know. */
export interface Secrets {
  /** What services show each other. */
  readonly serviceCredential: string
  /** The key that wraps the keys of people, in base64. */
  readonly masterKey: string
  /** What the card gateway knows the payments service by. */
  readonly cardGatewayKey: string
  /** What the card gateway signs its webhooks with. */
  readonly webhookSecret: string
}

/** Where a topology runs. */
export interface Place {
  /** The address its programs listen on. */
  readonly host: string
  /** The port a program listens on. */
  readonly portOf: (program: Program) => number
  /** Where the others find a program. */
  readonly urlOf: (program: Program) => string
  /** A database of this name. */
  readonly databaseUrlOf: (database: string) => string
  /** The NATS of the topology, with what it asks for. */
  readonly natsUrl: string
  /** Who knows where contexts are served: each program, by its settings, or NATS, where they find each other. */
  readonly registry: "static" | "nats"
  /** The file in which the simulated card gateway keeps what it knows. */
  readonly journal: string
  readonly secrets: Secrets
}

/** Where every context is that a program does not host itself, as `SERVICES` has it. */
const elsewhere = ({ programs }: Topology, { name: own }: Program, { urlOf }: Place) =>
  programs
    .filter(({ name }) => name !== own)
    .flatMap((program) => program.contexts.map((context) => `${context}=${urlOf(program)}`))
    .join(",")

const ofCards = (topology: Topology, { contexts }: Program, { secrets, urlOf }: Place): Record<string, string> => {
  const simulator = topology.programs.find(({ app }) => app === "card-gateway-simulator")
  return simulator === undefined || !contexts.includes("payments")
    ? {}
    : {
        CARD_GATEWAY_URL: urlOf(simulator),
        CARD_GATEWAY_KEY: secrets.cardGatewayKey,
        CARD_GATEWAY_WEBHOOK_SECRET: secrets.webhookSecret
      }
}

/** How a program finds the others. */
const ofRegistry = (topology: Topology, program: Program, place: Place): Record<string, string> =>
  place.registry === "static"
    ? { SERVICE_REGISTRY: "static", SERVICES: elsewhere(topology, program, place) }
    : { SERVICE_REGISTRY: "nats", NATS_URL: place.natsUrl }

/** The variables of a program of a topology that runs at a place. */
export const environmentOf = (topology: Topology, program: Program, place: Place): Record<string, string> => {
  const listening = { HOST: place.host, PORT: String(place.portOf(program)) }
  switch (program.app) {
    case "card-gateway-simulator": {
      const payee = payeeOf(topology)
      return {
        ...listening,
        API_KEY: place.secrets.cardGatewayKey,
        JOURNAL: place.journal,
        ...(payee === undefined
          ? {}
          : {
              WEBHOOK_URL: `${place.urlOf(payee)}/webhooks/card-gateway`,
              WEBHOOK_SECRET: place.secrets.webhookSecret
            })
      }
    }
    case "gateway":
      return { ...listening, ...ofRegistry(topology, program, place) }
    case "orders-api":
      return {
        ...listening,
        CONTEXTS: program.contexts.join(","),
        ...(program.database === undefined
          ? {}
          : {
              DATABASE_URL: place.databaseUrlOf(program.database),
              DATABASE_ROLE: `${program.database}_service`,
              EVENTFOLD_MASTER_KEY: place.secrets.masterKey
            }),
        ...(topology.servers.includes("nats")
          ? {
              MESSAGING: "nats",
              NATS_URL: place.natsUrl,
              ...ofRegistry(topology, program, place),
              ...(place.registry === "nats" ? { SERVICE_URL: place.urlOf(program) } : {}),
              SERVICE_CREDENTIAL: place.secrets.serviceCredential
            }
          : {}),
        ...ofCards(topology, program, place)
      }
  }
}
