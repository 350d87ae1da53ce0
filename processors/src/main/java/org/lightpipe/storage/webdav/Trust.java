package org.lightpipe.storage.webdav;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates are believed when they are not Java's own. */
final class Trust {

    private Trust() {}

    /**
     * @param file PEM, PKCS12 or JKS
     * @param passwordEnv environment variable with its password
     * @throws IllegalArgumentException when it cannot be used
     */
    static SSLContext of(Path file, Optional<String> passwordEnv, Map<String, String> environment) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(file, passwordEnv, environment));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("trustStore " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore store(Path file, Optional<String> passwordEnv, Map<String, String> environment)
            throws IOException, GeneralSecurityException {
        byte[] bytes = Files.readAllBytes(file);
        if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
            char[] password =
                    passwordEnv.map(environment::get).map(String::toCharArray).orElse(null);
            return KeyStore.getInstance(file.toFile(), password);
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        return store;
    }
}
