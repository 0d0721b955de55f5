{{- /* What the operator does in a namespace it looks after. */ -}}
{{- define "jio.instanceRules" -}}
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances]
  verbs: [get, list, watch]
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances/status]
  verbs: [get, patch, update]
# Owner references with blockOwnerDeletion need it where that admission plugin is on.
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances/finalizers]
  verbs: [update]
- apiGroups: ['']
  resources: [configmaps, services, serviceaccounts]
  verbs: [get, list, watch, create, patch, update, delete]
- apiGroups: [apps]
  resources: [deployments, daemonsets, statefulsets]
  verbs: [get, list, watch, create, patch, update, delete]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, update, delete]
- apiGroups: ['', events.k8s.io]
  resources: [events]
  verbs: [create, patch, update]
{{- end -}}

{{- /* What it does in its own namespace alone. */ -}}
{{- define "jio.ownRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [{{ include "jio.fullname" . }}]
  verbs: [get, patch, update]
- apiGroups: ['', events.k8s.io]
  resources: [events]
  verbs: [create, patch, update]
{{- if include "jio.webhook" . }}
- apiGroups: ['']
  resources: [secrets]
  verbs: [create]
- apiGroups: ['']
  resources: [secrets]
  resourceNames: [{{ include "jio.fullname" . }}-webhook-certs]
  verbs: [get, patch, update]
{{- end }}
{{- end -}}
