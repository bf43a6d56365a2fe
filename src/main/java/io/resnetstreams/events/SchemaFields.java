package io.resnetstreams.events;

import java.util.regex.Pattern;

/**
 * Where the image and the id are in an Avro or Protobuf value.
 *
 * @param imageField the field with the image: names, separated by dots if they are nested
 * @param idField the field with the id, which a schema need not have
 */
public record SchemaFields(String imageField, String idField) {
    private static final Pattern PATH = Pattern.compile("[^.\\s]+(\\.[^.\\s]+)*");

    public SchemaFields {
        require("imageField", imageField);
        require("idField", idField);
        if (idField.equals(imageField) || isInside(idField, imageField) || isInside(imageField, idField)) {
            throw new IllegalArgumentException("idField is '" + idField + "' and imageField is '" + imageField
                    + "'; neither can contain the other");
        }
    }

    private static void require(String name, String path) {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    name + " is '" + path + "'; the name of a field is needed, or names separated by dots");
        }
    }

    private static boolean isInside(String path, String outer) {
        return path.length() > outer.length() && path.charAt(outer.length()) == '.' && path.startsWith(outer);
    }

    /** Returns whether the path of a field is that of the image or the id, or of a record around them. */
    boolean leadsTo(String path) {
        return isImage(path) || isId(path) || isInside(imageField, path) || isInside(idField, path);
    }

    boolean isImage(String path) {
        return path.equals(imageField);
    }

    boolean isId(String path) {
        return path.equals(idField);
    }
}
