/**
 * How this process asks contexts that it does not host: over HTTP, at whoever the registry names, with the credential that
 * services share. A process that hosts all contexts asks nobody.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { UnknownMessage } from "@eventfold/event-store"
import type { ServiceRegistry } from "@eventfold/messaging"
import type { Breakers } from "@eventfold/processes"
import { layerCredential, RemoteCommands, RemoteQueries } from "@eventfold/services"
import { Duration, Effect, Layer, type Redacted } from "effect"
import { Settings } from "../Settings.ts"

/** What calls to other processes need. The settings hold the credential to the same rule, so nobody refuses it here. */
const client = (credential: Redacted.Redacted) =>
  Layer.merge(NodeHttpClient.layerUndici, Layer.orDie(layerCredential({ credential })))

/** Sends commands to other processes; `known` are those that are handled here. */
export const commands = (
  known: ReadonlyArray<string>
): Layer.Layer<RemoteCommands, never, Breakers | ServiceRegistry | Settings> =>
  Layer.unwrap(
    Effect.map(Settings, ({ contexts, serviceCredential: credential, serviceTimeLimit: timeLimit }) =>
      contexts === "all" || credential === undefined
        ? Layer.succeed(RemoteCommands, {
            dispatchJson: (_context, name) => Effect.fail(new UnknownMessage({ name, known }))
          })
        : RemoteCommands.layer({ timeLimit }).pipe(Layer.provide(client(credential)))
    )
  )

/** Asks other processes, for half as long as commands may take; `known` are the queries that are answered here. */
export const queries = (
  known: ReadonlyArray<string>
): Layer.Layer<RemoteQueries, never, Breakers | ServiceRegistry | Settings> =>
  Layer.unwrap(
    Effect.map(Settings, ({ contexts, serviceCredential: credential, serviceTimeLimit }) =>
      contexts === "all" || credential === undefined
        ? Layer.succeed(RemoteQueries, {
            askJson: (_context, name) => Effect.fail(new UnknownMessage({ name, known }))
          })
        : // Not as long as a command may take: commands wait for it.
          RemoteQueries.layer({ timeLimit: Duration.times(serviceTimeLimit, 0.5) }).pipe(
            Layer.provide(client(credential))
          )
    )
  )
