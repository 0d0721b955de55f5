{{- /* What the operator does in a namespace it looks after. Server-side apply is the verb patch, and create for what is not there yet. */ -}}
{{- define "jio.instanceRules" -}}
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances]
  verbs: [list, watch]
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances/status]
  verbs: [patch]
# Owner references with blockOwnerDeletion need it where that admission plugin is on.
- apiGroups: [jaegertracing.io]
  resources: [jaegerinstances/finalizers]
  verbs: [update]
- apiGroups: ['']
  resources: [configmaps, serviceaccounts, services]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [daemonsets, deployments, statefulsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
# Volumes grow when an instance says so. They are made by StatefulSets and never deleted from here.
- apiGroups: ['']
  resources: [persistentvolumeclaims]
  verbs: [list, watch, patch]
# Says why the pods of an instance do not run, and finds pods that started without their agent.
- apiGroups: ['']
  resources: [pods]
  verbs: [list, watch]
# Writes its own, and reads why a pod waits for its volume.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [list, create, patch]
{{- end -}}

{{- /* What it does in its own namespace alone. A name cannot limit create: the object is not there yet. */ -}}
{{- define "jio.ownRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [{{ include "jio.fullname" . }}]
  # Where that admission plugin is on, only who may delete an object may give it an owner.
  verbs: [get, update, delete]
# Its own Deployment becomes the owner of the lease and the Secret: they go when it goes.
- apiGroups: [apps]
  resources: [deployments]
  resourceNames: [{{ include "jio.fullname" . }}]
  verbs: [get]
{{- if include "jio.webhook" . }}
- apiGroups: ['']
  resources: [secrets]
  verbs: [create]
- apiGroups: ['']
  resources: [secrets]
  resourceNames: [{{ include "jio.fullname" . }}-webhook-certs]
  verbs: [get, update, delete]
{{- end }}
{{- end -}}

{{- /* Gives the API server the CA of the webhooks. */ -}}
{{- define "jio.webhookRules" -}}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
  resourceNames: [{{ include "jio.fullname" . }}-jaegerinstance, {{ include "jio.fullname" . }}-pod]
  verbs: [get, update]
{{- end -}}

{{- /* A role, its binding to the operator, and where. Arguments: root, kind, name, namespace, rules. */ -}}
{{- define "jio.grant" -}}
{{- $scope := "" }}{{ if eq .kind "ClusterRole" }}{{ $scope = "Cluster" }}{{ end -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "jio.labels" .root | nindent 4 }}
rules: {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}RoleBinding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "jio.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "jio.serviceAccount" .root }}
    namespace: {{ .root.Release.Namespace }}
{{ end -}}

{{- /* Of an operator of all namespaces. */ -}}
{{- define "jio.clusterRules" -}}
{{ include "jio.instanceRules" . }}
- apiGroups: [networking.k8s.io]
  resources: [ingressclasses]
  verbs: [list]
{{- if include "jio.webhook" . }}
# A namespace can ask for agents in all its pods.
- apiGroups: ['']
  resources: [namespaces]
  verbs: [list, watch]
{{ include "jio.webhookRules" . }}
{{- end }}
{{- end -}}
