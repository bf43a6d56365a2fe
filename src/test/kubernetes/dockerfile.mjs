// Reads a Dockerfile from standard input and prints, as JSON, what the linter finds in it and the instructions of its last
// stage, with the variables and words as Docker takes them.
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
