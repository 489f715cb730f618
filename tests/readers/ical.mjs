// Reads a calendar from standard input with ical.js and prints its events as JSON: what a reader
// that is not ours makes of it. Instants in UTC, days as they are.
import ICAL from "ical.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const calendar = new ICAL.Component(ICAL.parse(Buffer.concat(chunks).toString("utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const told = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    start: told(event.startDate),
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
  };
});
console.log(JSON.stringify(events));
