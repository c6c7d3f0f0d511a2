/**
 * All tests as one project, so that each worker loads Effect and the packages once, and not once for every package that it
 * runs tests of. Who names projects (`--project NAME`) gets each of those as a project of its own, with no server started
 * that it does not need. What is run, and how, is what the `vitest.config.ts` of the folders say, both times.
 */
import { existsSync, readdirSync } from "node:fs"
import { join, normalize } from "node:path"
import { Schema } from "effect"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { common } from "./vitest.shared.ts"

const Files = Schema.Array(Schema.String)
const Config = Schema.Struct({
  default: Schema.Struct({
    test: Schema.Struct({ include: Files, exclude: Files, globalSetup: Schema.optionalKey(Files) })
  })
})

const folders = [
  ...["packages", "apps"].flatMap((place) =>
    readdirSync(join(import.meta.dirname, place)).map((name) => `${place}/${name}`)
  ),
  "test"
].filter((folder) => existsSync(join(import.meta.dirname, folder, "vitest.config.ts")))

const together = async () => {
  const all = await Promise.all(
    folders.map(async (folder) => {
      const config: unknown = await import(join(import.meta.dirname, folder, "vitest.config.ts"))
      const { include, exclude, globalSetup = [] } = Schema.decodeUnknownSync(Config)(config).default.test
      const inFolder = (path: string) => join(folder, path)
      return {
        include: include.map(inFolder),
        exclude: exclude.map(inFolder),
        globalSetup: globalSetup.map((path) => join(import.meta.dirname, folder, path))
      }
    })
  )
  return {
    include: all.flatMap(({ include }) => include),
    exclude: all.flatMap(({ exclude }) => exclude),
    globalSetup: [...new Set(all.flatMap(({ globalSetup }) => globalSetup))]
  }
}

/** The files that take longest. They come first: begun among the last, one of them is what all else waits for. */
const longest = [
  "apps/examples/test/StoriesOnMemory.test.ts",
  "apps/orders-api/test/Process.test.ts",
  "apps/cli/test/Cli.test.ts",
  "packages/postgres/test/ReadSideContracts.test.ts",
  "packages/postgres/test/Contracts.test.ts",
  "apps/orders-api/test/Shipments.test.ts",
  "test/docs.test.ts",
  "apps/orders-api/test/Payments.test.ts",
  "apps/examples/test/cli.test.ts"
].map((file) => join(import.meta.dirname, file))

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.indexOf(normalize(moduleId))
      return index === -1 ? longest.length : index
    }
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own, which leaves the array as it is.
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => place(a) - place(b))
  }
}

const areNamed = process.argv.some((argument) => argument.startsWith("--project"))

export default defineConfig({
  test: areNamed
    ? { projects: folders, maxWorkers: common.maxWorkers }
    : { ...common, ...(await together()), sequence: { sequencer: LongestFirst } }
})
