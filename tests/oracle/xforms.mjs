// Works forms out with the engine of ODK Web Forms: what a program that is not ours makes of them.
// Reads JSON from standard input: [{xform, instances: [xml, …]}, …]; prints for each instance what
// it found by path: relevant, required, valid and value.
import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html>", { url: "https://forms.example/" });
for (const name of ["DOMParser", "XMLSerializer", "Document", "Element", "Node", "Text", "Attr",
  "NodeFilter", "XPathResult", "XPathEvaluator", "XPathExpression", "File", "Blob", "FormData",
  "XMLDocument", "Comment", "CDATASection", "HTMLElement", "DocumentFragment", "ProcessingInstruction"]) {
  if (dom.window[name] !== undefined) globalThis[name] = dom.window[name];
}
globalThis.window = dom.window;
globalThis.document = dom.window.document;
globalThis.__dirname = "/";
if (!dom.window.Blob.prototype.text) {
  dom.window.Blob.prototype.text = function () {
    return new Promise((resolve) => {
      const reader = new dom.window.FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsText(this);
    });
  };
}
const { loadForm } = await import("@getodk/xforms-engine");

const written = (node) => {
  const value = node.currentState.instanceValue ?? node.currentState.value;
  return value === null || value === undefined ? "" : Array.isArray(value) ? value.join(" ") : String(value);
};

const told = (node, into) => {
  const { reference, relevant, required, children } = node.currentState;
  const leaf = children === null;
  const validity = node.validationState;
  into[reference] = {
    relevant,
    required: leaf ? required : false,
    constraint: leaf ? validity.constraint.valid : true,
    missing: leaf ? !validity.required.valid : false,
    value: leaf ? written(node) : null,
  };
  for (const child of children ?? []) told(child, into);
};

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const answers = [];
for (const { xform, instances } of JSON.parse(Buffer.concat(chunks).toString("utf8"))) {
  const form = await loadForm(xform);
  if (form.status === "failure") {
    answers.push({ failure: String(form.error) });
    continue;
  }
  const found = [];
  for (const xml of instances) {
    const data = new FormData();
    data.append("xml_submission_file", new File([xml], "xml_submission_file", { type: "text/xml" }));
    const { root } = await form.restoreInstance({ data: [data] });
    const into = {};
    told(root, into);
    found.push(into);
  }
  answers.push({ instances: found });
}
console.log(JSON.stringify(answers));
