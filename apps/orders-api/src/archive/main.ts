/**
 * The archive by command: `npm run archive -- run`, `restore order/<id>`, `list`, `verify`. The environment says which
 * database and which directory, as for the service (docs/configuration.md).
 *
 * Gotcha: the embedded database belongs to one process at a time, so there the service must not be running.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { ArchiveCatalog, Archiver, StreamId } from "@eventfold/event-store"
import { ArchiveDirectory, Database, layerPostgres } from "@eventfold/postgres"
import { Console, DateTime, Effect, Layer, Schema } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import { version } from "../http/Api.ts"
import * as HostedServices from "../contexts/HostedServices.ts"
import * as EnvironmentSettings from "../EnvironmentSettings.ts"
import { Settings } from "../Settings.ts"
import * as Archiving from "./Archiving.ts"

/** A command was given that needs an archive, and no variable says where it is. */
class NoArchive extends Schema.TaggedError<NoArchive>()("NoArchive", {}) {
  override get message() {
    return "set ARCHIVE_DIR to the directory of the archive"
  }
}

/** Some files of the archive are not what was written. */
class DamagedFiles extends Schema.TaggedError<DamagedFiles>()("DamagedFiles", {
  damaged: Schema.Int,
  files: Schema.Int
}) {
  override get message() {
    return `${this.damaged} of ${this.files} files cannot be read`
  }
}

/** The contexts have several databases, and a command is for one. */
class SeveralDatabases extends Schema.TaggedError<SeveralDatabases>()("SeveralDatabases", {
  choices: Schema.Array(Schema.String)
}) {
  override get message() {
    return `set CONTEXTS to the contexts of one database: ${this.choices.join(" or ")}`
  }
}

const services = Layer.unwrap(
  Effect.gen(function* () {
    const all = HostedServices.of(yield* EnvironmentSettings.loadForCommand)
    const [settings] = all
    if (settings === undefined || all.length > 1) {
      return yield* new SeveralDatabases({ choices: all.map(({ contexts }) => String(contexts)) })
    }
    if (settings.archiveDirectory === undefined) return yield* new NoArchive()
    return Archiver.layer.pipe(
      Layer.provide(ArchiveDirectory.layer(settings.archiveDirectory)),
      Layer.provideMerge(layerPostgres.pipe(Layer.provide(Database.layer))),
      Layer.provide(HostedServices.database(settings)),
      Layer.merge(Layer.succeed(Settings, settings))
    )
  })
)

// What is wrong is said in one line: whoever runs a command wants the rule, not the stack.
const plainly = <A, E extends { readonly message: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (cause) => new CliError.UserError({ cause, userMessage: cause.message }))

const actor = Flag.String("actor").pipe(Flag.withDescription("Who does it, for the audit"))
const reason = Flag.String("reason").pipe(Flag.withDescription("Why, for the audit"))
const stream = Argument.String("stream").pipe(Argument.withDescription("Such as order/order_0190f5a2-…"))

const streamOf = Effect.fnUntraced(function* (text: string) {
  const { tenant } = yield* Settings
  const at = text.indexOf("/")
  return yield* Schema.decodeEffect(StreamId.StreamId)({ tenant, category: text.slice(0, at), id: text.slice(at + 1) })
})

const run = Command.make("run", {}, () => plainly(Effect.provide(Archiving.runAll, services))).pipe(
  Command.withDescription("Moves all that is due")
)

const restore = Command.make("restore", { stream, actor, reason }, ({ stream, ...by }) =>
  Effect.gen(function* () {
    const archived = yield* (yield* Archiver).restore(yield* streamOf(stream), by)
    yield* Console.log(`${StreamId.format(archived.stream)} is live again with ${archived.version} events`)
  }).pipe(Effect.provide(services), plainly)
).pipe(Command.withDescription("Brings one stream back: it is live again and takes events"))

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const catalog = yield* ArchiveCatalog
    let page = yield* catalog.list()
    while (page.length > 0) {
      for (const { archivedAt, file, restoredAt, stream, version } of page) {
        const back = restoredAt === undefined ? "" : `  brought back ${DateTime.formatIso(restoredAt)}`
        yield* Console.log(
          `${DateTime.formatIso(archivedAt)}  ${StreamId.format(stream)}  ${version} events  ${file.name}${back}`
        )
      }
      page = yield* catalog.list({ after: page.at(-1)?.number ?? 0 })
    }
  }).pipe(Effect.provide(services), plainly)
).pipe(Command.withDescription("Lists what was archived, and in which file it is"))

const verify = Command.make("verify", {}, () =>
  Effect.gen(function* () {
    const { damaged, files } = yield* (yield* Archiver).verify
    yield* Effect.forEach(damaged, ({ reason }) => Console.error(reason), { discard: true })
    if (damaged.length > 0) {
      return yield* new DamagedFiles({ damaged: damaged.length, files })
    }
    yield* Console.log(`${files} files are as they were written`)
  }).pipe(Effect.provide(services), plainly)
).pipe(Command.withDescription("Reads every file of the archive and checks it"))

const command = Command.make("archive").pipe(
  Command.withDescription("Closed orders and accounts in the archive"),
  Command.withSubcommands([run, restore, list, verify])
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
