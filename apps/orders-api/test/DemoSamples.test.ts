import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, FileSystem, Option, Path } from "effect"
import * as CsvTable from "../demo/CsvTable.ts"
import * as Samples from "../demo/Samples.ts"

/** The folder with the samples of the repository. */
const northwind = Effect.gen(function* () {
  const path = yield* Path.Path
  return yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url))
})

const small: Record<string, string> = {
  "customers.csv":
    "customer_id,company_name,contact_name,address,city,region,postal_code,country,phone\n" +
    "TOMSP,Toms Spezialitäten,Karin Josephs,Luisenstr. 48,Münster,,44087,Germany,0251-031259\n",
  "products.csv":
    "product_id,product_name,unit_price,discontinued\n14,Tofu,23.25,0\n51,Manjimup Dried Apples,53.00,0\n",
  "shippers.csv": "shipper_id,company_name\n1,Speedy Express\n",
  "orders.csv":
    "order_id,customer_id,order_date,required_date,shipped_date,ship_via,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country\n" +
    "10249,TOMSP,1996-07-05,1996-08-16,,1,Toms Spezialitäten,Luisenstr. 48,Münster,,44087,Germany\n",
  "order_lines.csv": "order_id,product_id,unit_price,quantity,discount\n10249,14,18.60,9,0.15\n10249,51,42.4,40,0\n"
}

/** A folder with the small files above, some of them replaced or, when undefined, left out. */
const folderWith = Effect.fnUntraced(function* (files: Record<string, string | undefined> = {}) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-samples-" })
  for (const [name, content] of Object.entries({ ...small, ...files })) {
    if (content !== undefined) yield* fs.writeFileString(`${folder}/${name}`, content)
  }
  return folder
})

const flawsOf = (files: Record<string, string | undefined>) =>
  folderWith(files).pipe(
    Effect.orDie,
    Effect.flatMap(Samples.read),
    Effect.flip,
    Effect.map(({ flaws }) => flaws)
  )

const edited = (file: string, from: string, to: string) => ({ [file]: small[file]?.replace(from, to) })

layer(NodeServices.layer)("the samples of the demo", (it) => {
  it.effect("are the 553 orders of Northwind with their 1,437 lines", () =>
    Effect.gen(function* () {
      const { customers, orders } = yield* Samples.read(yield* northwind)
      assert.strictEqual(orders.length, 553)
      assert.strictEqual(
        orders.reduce((sum, { lines }) => sum + lines.length, 0),
        1437
      )
      assert.strictEqual(orders.filter(({ shippedOn }) => Option.isNone(shippedOn)).length, 14)
      assert.strictEqual(customers.size, 91)
      assert.deepStrictEqual(customers.get("TOMSP"), {
        code: "TOMSP",
        company: "Toms Spezialitäten",
        contact: "Karin Josephs",
        phone: Option.some("0251-031259"),
        address: {
          name: "Toms Spezialitäten",
          street: "Luisenstr. 48",
          city: "Münster",
          region: Option.none(),
          postalCode: Option.some("44087"),
          country: "Germany"
        }
      })
      const hanari = orders.find(({ number }) => number === "10250")
      assert.deepStrictEqual(hanari, {
        number: "10250",
        customer: "HANAR",
        orderedOn: DateTime.makeUnsafe("1996-07-08T00:00:00Z"),
        requiredOn: DateTime.makeUnsafe("1996-08-05T00:00:00Z"),
        shippedOn: Option.some(DateTime.makeUnsafe("1996-07-12T00:00:00Z")),
        carrier: "United Package",
        shipTo: {
          name: "Hanari Carnes",
          street: "Rua do Paço, 67",
          city: "Rio de Janeiro",
          region: Option.some("RJ"),
          postalCode: Option.some("05454-876"),
          country: "Brazil"
        },
        lines: [
          { product: "41", productName: "Jack's New England Clam Chowder", unitPrice: 770n, quantity: 10, discount: 0 },
          { product: "51", productName: "Manjimup Dried Apples", unitPrice: 4240n, quantity: 35, discount: 1500 },
          {
            product: "65",
            productName: "Louisiana Fiery Hot Pepper Sauce",
            unitPrice: 1680n,
            quantity: 15,
            discount: 1500
          }
        ]
      })
    })
  )

  it.effect("may have their columns in another order, more of them, and blank lines", () =>
    Effect.gen(function* () {
      const lines = "note,discount,quantity,unit_price,product_id,order_id\nfragile,0.15,9,18.60,14,10249\n\n"
      const folder = yield* folderWith({ "order_lines.csv": lines })
      const { orders } = yield* Samples.read(folder)
      assert.deepStrictEqual(orders[0]?.lines, [
        { product: "14", productName: "Tofu", unitPrice: 1860n, quantity: 9, discount: 1500 }
      ])
    })
  )

  it.effect("name a missing file and its folder", () =>
    Effect.gen(function* () {
      const folder = yield* folderWith({ "shippers.csv": undefined })
      const error = yield* Effect.flip(Samples.read(folder))
      assert.deepStrictEqual(error.flaws, [{ file: "shippers.csv", rule: "there is no such file" }])
      assert.strictEqual(error.message, `The files in ${folder} cannot be used:\n  shippers.csv: there is no such file`)
    })
  )

  it.effect("name every column that a header lacks or has twice", () =>
    Effect.gen(function* () {
      const header = "order_id,product_id,unitprice,quantity,quantity,discount"
      assert.deepStrictEqual(
        yield* flawsOf(edited("order_lines.csv", "order_id,product_id,unit_price,quantity,discount", header)),
        [
          { file: "order_lines.csv", line: 1, column: "unit_price", rule: "the header does not name this column" },
          { file: "order_lines.csv", line: 1, column: "quantity", rule: "the header names this column twice" }
        ]
      )
      assert.deepStrictEqual(yield* flawsOf({ "orders.csv": "" }), [
        { file: "orders.csv", line: 1, rule: "must be a header that names the columns" }
      ])
    })
  )

  it.effect("name line, column and rule of every wrong cell at once", () =>
    Effect.gen(function* () {
      const lines = "order_id,product_id,unit_price,quantity,discount\n10249,14,18.605,0,0.15\n10249,51,42.4,40,1.2\n"
      const folder = yield* folderWith({ "order_lines.csv": lines })
      const error = yield* Effect.flip(Samples.read(folder))
      assert.strictEqual(
        error.message,
        [
          `The files in ${folder} cannot be used:`,
          '  order_lines.csv, line 2, unit_price: must be dollars with at most two decimals, as 18.60, not "18.605"',
          '  order_lines.csv, line 2, quantity: must be a whole number of 1 or more, not "0"',
          '  order_lines.csv, line 3, discount: must be a fraction from 0 to 1 with at most four decimals, as 0.15, not "1.2"'
        ].join("\n")
      )
    })
  )

  it.effect("count lines as an editor does, also after a cell with line breaks", () =>
    Effect.gen(function* () {
      const rest = "A,S 1,C,,,Germany,"
      const header = "customer_id,company_name,contact_name,address,city,region,postal_code,country,phone"
      const customers = `${header}\nTOMSP,"Toms\r\nSpezialitäten",${rest}\nHANAR,,${rest}\n`
      assert.deepStrictEqual(yield* flawsOf({ "customers.csv": customers }), [
        { file: "customers.csv", line: 4, column: "company_name", rule: "must not be empty", found: "" }
      ])
    })
  )

  it.effect("refuse a day that does not exist", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* flawsOf(edited("orders.csv", "1996-07-05", "1997-02-30")), [
        {
          file: "orders.csv",
          line: 2,
          column: "order_date",
          rule: "must be a day, as 1996-07-05",
          found: "1997-02-30"
        }
      ])
    })
  )

  it.effect("refuse lines of another width and broken quotes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* flawsOf(edited("shippers.csv", "1,Speedy Express", "1,Speedy,Express")), [
        { file: "shippers.csv", line: 2, rule: "must have 2 cells, as the header has, not 3" }
      ])
      assert.deepStrictEqual(yield* flawsOf(edited("shippers.csv", "Speedy Express", 'Speedy "Express"')), [
        { file: "shippers.csv", line: 2, rule: "Unexpected quote in an unquoted field in cell 2" }
      ])
    })
  )

  it.effect("refuse what refers to nothing, and what is there twice", () =>
    Effect.gen(function* () {
      const order = small["orders.csv"]?.split("\n")[1] ?? ""
      const rows = [order, order.replace("TOMSP", "HANAR"), order.replace("10249", "10250").replace(",,1,", ",,7,"), ""]
      const orders = edited("orders.csv", `${order}\n`, rows.join("\n"))
      const added = "10249,51,42.4,40,0\n10249,51,42.4,1,0\n10251,14,1,1,0\n10249,99,1,1,0\n"
      const lines = edited("order_lines.csv", "10249,51,42.4,40,0\n", added)
      const flaws = yield* flawsOf({ ...orders, ...lines })
      assert.deepStrictEqual(
        flaws.map(({ column, file, found, line, rule }) => `${file} ${line} ${column}: ${rule}: ${found}`),
        [
          "orders.csv 3 order_id: must be another number on each line: 10249",
          "orders.csv 3 customer_id: must be in customers.csv: HANAR",
          "orders.csv 4 order_id: must have lines in order_lines.csv: 10250",
          "orders.csv 4 ship_via: must be in shippers.csv: 7",
          "order_lines.csv 4 product_id: must be there once in an order: 51",
          "order_lines.csv 5 order_id: must be in orders.csv: 10251",
          "order_lines.csv 6 product_id: must be in products.csv: 99"
        ]
      )
    })
  )

  it.effect("show the first twenty flaws and count the rest", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 23 }, (_, index) => `${index + 1},,1.00,0`).join("\n")
      const folder = yield* folderWith({ "products.csv": `product_id,product_name,unit_price,discontinued\n${rows}\n` })
      const error = yield* Effect.flip(Samples.read(folder))
      assert.strictEqual(error.flaws.length, 23)
      const lines = error.message.split("\n")
      assert.strictEqual(lines.length, 22)
      assert.strictEqual(lines.at(-1), "  and 3 more")
      assert.isTrue(error instanceof CsvTable.FilesUnusable)
    })
  )
})
