import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'

SwaggerUI({
  url: new URL('api/v1/openapi.json', document.baseURI).href,
  dom_id: '#docs',
  deepLinking: true,
  // Else it would ask another host whether the document is right.
  validatorUrl: null,
})
