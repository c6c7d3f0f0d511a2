/** What is too slow for `npm test` is run by `npm run test:long`: a test that nobody runs proves nothing. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const root = new URL("../", import.meta.url)
const long = readFileSync(new URL("scripts/long.ts", root), "utf8")

const Config = Schema.Struct({
  default: Schema.Struct({ test: Schema.Struct({ exclude: Schema.Array(Schema.String) }) })
})

const folders = ["apps", "packages"].flatMap((place) =>
  readdirSync(new URL(place, root))
    .map((name) => ({ name, folder: `${place}/${name}` }))
    .filter(({ folder }) => existsSync(new URL(`${folder}/vitest.config.ts`, root)))
)

describe("tests that are too slow for npm test", () => {
  it.each(folders)("are run by npm run test:long: those of $folder", async ({ folder, name }) => {
    const config: unknown = await import(new URL(`${folder}/vitest.config.ts`, root).href)
    const { exclude } = Schema.decodeUnknownSync(Config)(config).default.test
    const slow = exclude.flatMap((pattern) => /^test\/(\w+)\.test\.ts$/u.exec(pattern)?.slice(1) ?? [])
    const left = slow.filter(
      (file) =>
        !long.includes(`  "${name}"`) &&
        !long.includes(`"${file}"`) &&
        !long.includes(`"${folder}/test/${file}.test.ts"`)
    )
    assert.deepStrictEqual(left, [], "name them in scripts/long.ts")
  })

  it("are run by npm run test:long: the suites that databases are left out of", () => {
    const folder = new URL("apps/orders-api/test/", root)
    const suites = readdirSync(folder)
      .filter((file) => file.endsWith(".test.ts"))
      .filter((file) => readFileSync(new URL(file, folder), "utf8").includes("LongTests."))
      .map((file) => file.slice(0, -".test.ts".length))
    assert.isNotEmpty(suites)
    assert.deepStrictEqual(
      suites.filter((file) => !long.includes(`    "${file}"`)),
      [],
      "name them in scripts/long.ts"
    )
  })
})
