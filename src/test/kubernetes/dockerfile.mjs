// Reads a Dockerfile from standard input. Prints the linter's findings and the instructions of the last stage as JSON, with
// variables and words parsed as by Docker.
import { readFileSync } from "node:fs";
import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";

const text = readFileSync(0, "utf8");
const faults = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
const instructions = DockerfileParser.parse(text)
  .getInstructions()
  .map((instruction) => ({
    keyword: instruction.getKeyword(),
    words: instruction.getJSONStrings?.().map((word) => word.getJSONValue()) ?? [],
    properties: Object.fromEntries(
      (instruction.getProperties?.() ?? []).map((property) => [property.getName(), property.getValue()]),
    ),
    arguments: instruction.getArgumentsContent() ?? "",
  }));
console.log(JSON.stringify({ faults, instructions }));
