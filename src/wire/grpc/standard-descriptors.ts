import { describeProtoFile } from '../protobuf/describe-proto-file.ts';
import type { DescribedProtoFile, ProtoTable } from '../protobuf/describe-proto-file.ts';

const HEALTH: ProtoTable = {
  name: 'grpc/health/v1/health.proto',
  package: 'grpc.health.v1',
  messages: {
    HealthCheckRequest: ['string service = 1'],
    HealthCheckResponse: ['enum HealthCheckResponse.ServingStatus status = 1'],
  },
  enums: {
    'HealthCheckResponse.ServingStatus': ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'],
  },
  services: {
    Health: [
      'Check(HealthCheckRequest) HealthCheckResponse',
      'Watch(HealthCheckRequest) stream HealthCheckResponse',
    ],
  },
};

function reflectionTable(version: 'v1' | 'v1alpha'): ProtoTable {
  return {
    name: `grpc/reflection/${version}/reflection.proto`,
    package: `grpc.reflection.${version}`,
    messages: {
      ServerReflectionRequest: [
        'string host = 1',
        'string file_by_filename = 3 in message_request',
        'string file_containing_symbol = 4 in message_request',
        'ExtensionRequest file_containing_extension = 5 in message_request',
        'string all_extension_numbers_of_type = 6 in message_request',
        'string list_services = 7 in message_request',
      ],
      ExtensionRequest: ['string containing_type = 1', 'int32 extension_number = 2'],
      ServerReflectionResponse: [
        'string valid_host = 1',
        'ServerReflectionRequest original_request = 2',
        'FileDescriptorResponse file_descriptor_response = 4 in message_response',
        'ExtensionNumberResponse all_extension_numbers_response = 5 in message_response',
        'ListServiceResponse list_services_response = 6 in message_response',
        'ErrorResponse error_response = 7 in message_response',
      ],
      FileDescriptorResponse: ['repeated bytes file_descriptor_proto = 1'],
      ExtensionNumberResponse: ['string base_type_name = 1', 'repeated int32 extension_number = 2'],
      ListServiceResponse: ['repeated ServiceResponse service = 1'],
      ServiceResponse: ['string name = 1'],
      ErrorResponse: ['int32 error_code = 1', 'string error_message = 2'],
    },
    services: {
      ServerReflection: [
        'ServerReflectionInfo(stream ServerReflectionRequest) stream ServerReflectionResponse',
      ],
    },
  };
}

/** The services every gRPC server has beside its own: health, and reflection itself. */
export function standardDescriptors(): readonly DescribedProtoFile[] {
  return [HEALTH, reflectionTable('v1'), reflectionTable('v1alpha')].map(describeProtoFile);
}
