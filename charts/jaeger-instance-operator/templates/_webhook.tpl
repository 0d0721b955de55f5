{{- define "jio.instanceWebhook" -}}
admissionReviewVersions: [v1]
sideEffects: None
failurePolicy: {{ .root.Values.webhook.failurePolicy }}
timeoutSeconds: {{ .root.Values.webhook.timeoutSeconds }}
clientConfig:
  service: {name: {{ include "jio.fullname" .root }}-webhook, namespace: {{ .root.Release.Namespace }}, path: {{ .path }}}
rules:
  - apiGroups: [jaegertracing.io]
    apiVersions: [v1]
    resources: [jaegerinstances]
    operations: [CREATE, UPDATE]
    scope: Namespaced
{{- with .root.Values.watchNamespaces }}
namespaceSelector:
  matchExpressions:
    - {key: kubernetes.io/metadata.name, operator: In, values: {{ toJson . }}}
{{- end }}
{{- end -}}
