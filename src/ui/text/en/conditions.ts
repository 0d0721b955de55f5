/** What the help about conditions says. */
export const wording = {
  helpIntro: 'All conditions must hold on the same span.',
  helpRows: [
    ['error=true', 'this text; db="select 1" with spaces'],
    ['http.status_code>=500', 'a number: also >, <, <='],
    ['http.route=~"/api/.*"', 'matches the whole pattern (RE2); !~ does not'],
    ['env!=prod', 'there is a value, and it is another'],
    ['user.id exists', 'there is a value; absent: there is none'],
    ['region in (eu, us)', 'one of these'],
    ['(a=1 || b=2)', 'one or the other'],
    ['resource.host.name=a', 'in one place: span, resource, scope, event, link'],
    ['dur>200ms', 'at least that long; dur<1s at most'],
    ['kind=server status=error', 'also name, statusMessage, event:name, trace:duration, …'],
    ['"status"=500', 'in quotes: an attribute that is called like a field'],
  ],
  helpEqual: 'This storage can compare for equality only.',
  helpLogfmt: [
    ['error=true', 'this text'],
    ['db="select 1"', 'in quotes where there are spaces'],
    ['dur>200ms', 'at least that long; dur<1s at most'],
  ],
} as const;
