/** A command that is sent to another program over HTTP is handled like one that stays: by the same laws. */
import { CommandBusLaws } from "@eventfold/testing"
import * as CommandBusContract from "@eventfold/testing/CommandBusContract"
import { Effect, Layer } from "effect"
import { bus, known, serve } from "./Programs.ts"

const suite = { excludeTestServices: true }

CommandBusContract.suite(
  "CommandBus of the program that serves the context",
  bus(known({}), {}, CommandBusLaws.handlers()),
  suite
)

CommandBusContract.suite(
  "CommandBus of another program, over HTTP",
  Layer.unwrap(Effect.map(serve(CommandBusLaws.handlers()), (url) => bus(known({ laws: url })))),
  suite
)
