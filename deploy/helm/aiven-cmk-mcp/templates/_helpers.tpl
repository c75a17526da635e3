{{- define "cmk.name" -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- end }}

{{- define "cmk.valkey" -}}
{{ include "cmk.name" . | trimSuffix "-mcp" }}-valkey
{{- end }}

{{- define "cmk.hasValkey" -}}
{{ if and .Values.approval.enabled .Values.valkey.enabled }}yes{{ end }}
{{- end }}

{{- define "cmk.selector" -}}
app.kubernetes.io/name: aiven-cmk-mcp
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cmk.valkeySelector" -}}
app.kubernetes.io/name: aiven-cmk-valkey
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cmk.release" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "cmk.labels" -}}
{{ include "cmk.selector" . }}
{{ include "cmk.release" . }}
{{- end }}

{{- define "cmk.valkeyLabels" -}}
{{ include "cmk.valkeySelector" . }}
{{ include "cmk.release" . }}
{{- end }}

{{- define "cmk.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}
